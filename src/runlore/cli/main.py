"""Entry point of the command line."""

import click


@click.group()
def main() -> None:
    """Runbooks from what your agents already did."""
