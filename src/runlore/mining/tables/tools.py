"""Table of compilers, test runners, linters and package managers; how a row reads stands in `runlore.mining.programs`."""

from typing import Final

TOOLS: Final = """
go test | check | Run the Go tests
go build | check | Build the Go code
go vet | check | Vet the Go code
go run | check | Run a Go program
go fmt | check* | Format the Go code
go generate | edit | Generate Go code
go mod tidy | edit | Tidy the Go modules
go mod download | edit* | Download the Go modules
go mod vendor | edit | Vendor the Go modules
go get | edit | Add a Go module
go install | edit | Install a Go program
go doc | read | Look up Go documentation
go list | read* | List Go packages
go env | read* | Look at the Go environment
go version | read* | See the Go version
go tool | check | Run a Go tool
gofmt | check* | Format the Go code
goimports | check* | Format the Go code
golangci-lint run | check | Lint the Go code
goreleaser release | effect | Publish a release with goreleaser
goreleaser check | check | Check the release configuration
cargo test | check | Run the Rust tests
cargo nextest | check | Run the Rust tests
cargo build | check | Build the Rust code
cargo check | check | Check the Rust code
cargo clippy | check | Lint the Rust code
cargo fmt | check* | Format the Rust code
cargo run | check | Run the Rust program
cargo bench | check | Run the Rust benchmarks
cargo add | edit | Add a crate
cargo publish | effect | Publish the crate
cargo install | edit | Install a Rust program
npm install | edit* | Install the packages
npm ci | edit* | Install the locked packages
npm test | check | Run the tests with npm
npm start | check | Start the program with npm
npm publish | effect | Publish the package to npm
npm version | effect | Set the package's version
npm audit | check | Check the packages for vulnerabilities
npm view | read | Look up a package
npm ls | read* | List the installed packages
npm link | edit | Link a local package
npm dist-tag | effect | Move a release tag of the package
pnpm install | edit* | Install the packages
pnpm add | edit | Add a package
pnpm test | check | Run the tests with pnpm
pnpm build | check | Build with pnpm
pnpm lint | check | Lint with pnpm
pnpm publish | effect | Publish the package
yarn install | edit* | Install the packages
yarn add | edit | Add a package
yarn test | check | Run the tests with yarn
yarn publish | effect | Publish the package
bun install | edit* | Install the packages
bun add | edit | Add a package
bun test | check | Run the tests with bun
bun publish | effect | Publish the package
deno test | check | Run the tests with deno
tsc | check | Type-check the TypeScript code
eslint | check | Lint the JavaScript code
prettier | check | Format with prettier
biome check | check | Lint with biome
biome format | check | Format with biome
jest | check | Run the tests with jest
vitest | check | Run the tests with vitest
playwright test | check | Run the browser tests
cypress run | check | Run the browser tests
next build | check | Build the site
vite build | check | Build the site
changeset publish | effect | Publish the packages
changeset version | edit | Set the packages' versions
pytest | check | Run the Python tests
unittest | check | Run the Python tests
tox | check | Run the tests with tox
nox | check | Run the tests with nox
mypy | check | Type-check the Python code
pyright | check | Type-check the Python code
basedpyright | check | Type-check the Python code
ruff check | check | Lint the Python code
ruff format | check* | Format the Python code
black | check* | Format the Python code
isort | check* | Sort the imports
flake8 | check | Lint the Python code
pylint | check | Lint the Python code
pre-commit run | check | Run the pre-commit hooks
pre-commit install | edit | Install the pre-commit hooks
coverage run | check | Measure the test coverage
coverage report | read | Look at the test coverage
pip install | edit* | Install Python packages
pip list | read* | List the installed Python packages
pip show | read* | Look at an installed Python package
pip freeze | read* | List the installed Python packages
uv sync | edit* | Install the locked Python packages
uv add | edit | Add a Python package
uv remove | edit | Remove a Python package
uv lock | edit | Update the lock file
uv venv | edit* | Create a virtual environment
uv build | check | Build the Python package
uv publish | effect | Publish the Python package
uv pip install | edit* | Install Python packages
uv tool install | edit | Install a Python program
poetry install | edit* | Install the locked Python packages
poetry add | edit | Add a Python package
poetry build | check | Build the Python package
poetry publish | effect | Publish the Python package
hatch build | check | Build the Python package
hatch publish | effect | Publish the Python package
venv | edit* | Create a virtual environment
build | check | Build the Python package
twine check | check | Check the package's metadata
twine upload | effect | Upload the package to the index
rails test | check | Run the Rails tests
rspec | check | Run the Ruby tests
rubocop | check | Lint the Ruby code
bundle install | edit* | Install the gems
gem push | effect | Publish the gem
mvn test | check | Run the tests with Maven
mvn verify | check | Verify the build with Maven
mvn package | check | Build with Maven
mvn deploy | effect | Publish with Maven
mvn install | check | Build and install with Maven
dotnet test | check | Run the .NET tests
dotnet build | check | Build the .NET code
dotnet run | check | Run the .NET program
dotnet publish | check | Publish the .NET program
dotnet ef | effect | Migrate the database
swift test | check | Run the Swift tests
swift build | check | Build the Swift code
xcodebuild | check | Build with Xcode
flutter test | check | Run the Flutter tests
mix test | check | Run the Elixir tests
composer install | edit* | Install the PHP packages
phpunit | check | Run the PHP tests
cmake | check | Configure or build with CMake
ctest | check | Run the tests with CTest
bazel test | check | Run the tests with Bazel
bazel build | check | Build with Bazel
shellcheck | check | Lint the shell scripts
hadolint | check | Lint the Dockerfile
actionlint | check | Lint the workflows of CI
mise install | edit* | Install the project's tools
mise tasks | read | List the project's tasks
mise trust | edit | Trust the project's settings
claude | check | Ask another agent
codex exec | check | Ask another agent
gemini | check | Ask another agent
python | check* | Run a Python snippet
node | check* | Run a JavaScript snippet
ruby | check* | Run a Ruby snippet
perl | check* | Run a Perl snippet
make | check | Build with make
gradle | check | Build with Gradle
just | check | Run the default recipe with just
"""
