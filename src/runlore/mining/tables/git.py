"""Table of version control and code hosts; how a row reads stands in `runlore.mining.programs`."""

from typing import Final

GIT: Final = """
git add | edit* | Stage the changes
git status | read* | Look at the state of the working tree
git diff | read* | Look at the changes
git log | read* | Look at the history
git show | read* | Look at a commit
git blame | read* | Find who changed a line
git grep | read* | Search the repository
git ls-files | read* | List the tracked files
git ls-tree | read* | List the files of a commit
git ls-remote | read* | List the remote's references
git cat-file | read* | Look at a stored object
git rev-parse | read* | Resolve a revision
git rev-list | read* | List commits
git merge-base | read* | Find the common ancestor of two branches
git merge-tree | read | Try out a merge
git for-each-ref | read* | List the references
git show-ref | read* | List the references
git describe | read* | Name a commit by its tag
git reflog | read* | Look at where HEAD has been
git shortlog | read* | Sum up the commits by author
git count-objects | read* | Count the stored objects
git fsck | check | Check the repository's integrity
git gc | edit | Clean up the repository
git prune | edit | Remove unreachable objects
git check-ignore | read* | See which ignore rule applies
git name-rev | read* | Name a revision
git cherry | read* | Find commits not yet upstream
git range-diff | read* | Compare two versions of a branch
git config | read* | Look at the git settings
git config set | edit | Change a git setting
git remote | read* | List the remotes
git remote add | edit | Add a remote
git remote set-url | edit | Point a remote elsewhere
git branch | read* | List the branches
git branch create | edit* | Create a branch
git branch -d | edit | Delete a branch
git branch -m | edit | Rename a branch
git checkout | edit* | Switch the branch
git checkout -b | edit* | Create a branch
git checkout -- | edit | Discard the changes to files
git checkout --ours | edit | Keep our side of conflicting files
git checkout --theirs | edit | Keep their side of conflicting files
git switch | edit* | Switch the branch
git switch -c | edit* | Create a branch
git restore | edit | Discard the changes to files
git restore --staged | edit* | Unstage changes
git stash | edit* | Put the changes aside
git stash list | read* | List what was put aside
git stash show | read* | Look at what was put aside
git stash pop | edit* | Bring back the changes put aside
git stash apply | edit* | Bring back the changes put aside
git stash drop | edit | Drop what was put aside
git reset | edit | Reset the branch or the staged changes
git reset --hard | edit | Reset the branch and the working tree
git reset --soft | edit | Undo commits and keep their changes staged
git clean | edit | Remove untracked files
git rm | edit* | Remove files from version control
git mv | edit* | Rename files under version control
git apply | edit | Apply a patch
git am | effect | Apply patches as commits
git fetch | read* | Fetch from the remote
git pull | edit* | Pull from the remote
git pull --rebase | edit | Pull from the remote and rebase
git clone | edit* | Clone a repository
git init | edit* | Create a repository
git worktree add | edit | Add a worktree
git worktree remove | edit | Remove a worktree
git worktree list | read* | List the worktrees
git worktree prune | edit | Tidy up the worktrees
git submodule update | edit | Update the submodules
git sparse-checkout | edit | Limit which files are checked out
git update-ref | edit | Move a reference by hand
git symbolic-ref | read* | Look at where HEAD points
git read-tree | edit | Rebuild the index from a commit
git bisect | check | Find the commit that broke it
git commit | effect* | Commit the changes
git commit --amend | effect | Amend the last commit
git commit --no-verify | effect | Commit without running the hooks
git commit --allow-empty | effect | Make an empty commit
git commit --fixup | effect | Commit a fixup
git merge | effect | Merge a branch
git merge --abort | edit | Abort the merge
git merge --continue | effect | Finish the merge
git rebase | effect | Rebase the branch
git rebase --onto | effect | Move the branch onto another base
git rebase -i | effect | Rework the commits of the branch
git rebase --continue | effect | Continue the rebase
git rebase --abort | edit | Abort the rebase
git rebase --skip | effect | Skip a commit in the rebase
git cherry-pick | effect | Pick commits from another branch
git cherry-pick --continue | effect | Continue picking commits
git cherry-pick --abort | edit | Stop picking commits
git revert | effect | Revert a commit
git tag --list | read* | List the tags
git tag | effect | Tag a release
git tag -d | effect | Delete a tag
git push | effect* | Push the branch
git push --force | effect | Force-push the branch
git push --force-with-lease | effect | Force-push the branch with a lease
git push --tags | effect | Push the tags
git push --delete | effect | Delete a remote branch
git push --dry-run | check | Try out a push
gh pr create | effect | Open a pull request
gh pr create --draft | effect | Open a draft pull request
gh pr edit | effect | Edit the pull request
gh pr edit --base | effect | Change the base of the pull request
gh pr merge | effect | Merge the pull request
gh pr close | effect | Close the pull request
gh pr reopen | effect | Reopen the pull request
gh pr ready | effect | Mark the pull request as ready
gh pr comment | effect | Comment on the pull request
gh pr review | effect | Review the pull request
gh pr review --approve | effect | Approve the pull request
gh pr review --request-changes | effect | Request changes to the pull request
gh pr checkout | edit | Check out a pull request
gh pr view | read | Read the pull request
gh pr list | read | List the pull requests
gh pr diff | read | Read the diff of the pull request
gh pr status | read | Look at the state of the pull requests
gh pr checks | check | See whether the checks of the pull request pass
gh issue create | effect | Open an issue
gh issue comment | effect | Comment on an issue
gh issue close | effect | Close an issue
gh issue edit | effect | Edit an issue
gh issue view | read | Read an issue
gh issue list | read | List the issues
gh release create | effect | Publish a release
gh release upload | effect | Upload files to a release
gh release edit | effect | Edit a release
gh release delete | effect | Delete a release
gh release view | read | Look at a release
gh release list | read | List the releases
gh run view | read | Read a CI run
gh run list | read | List the CI runs
gh run watch | check | Wait for a CI run
gh run rerun | effect | Run a CI run again
gh run cancel | effect | Cancel a CI run
gh run download | read | Download the files of a CI run
gh workflow run | effect | Start a workflow in CI
gh workflow list | read | List the workflows in CI
gh workflow view | read | Look at a workflow in CI
gh repo view | read | Look at the repository on GitHub
gh repo list | read | List repositories on GitHub
gh repo clone | edit | Clone a repository
gh repo create | effect | Create a repository on GitHub
gh repo edit | effect | Change the repository's settings on GitHub
gh repo fork | effect | Fork a repository
gh auth status | read* | Check the login to GitHub
gh auth login | edit | Log in to GitHub
gh search | read | Search GitHub
gh label create | effect | Create a label
gh secret set | effect | Set a repository secret
gh variable set | effect | Set a repository variable
gh gist create | effect | Publish a gist
glab mr create | effect | Open a merge request
glab mr merge | effect | Merge the merge request
glab mr note | effect | Comment on the merge request
glab mr approve | effect | Approve the merge request
glab mr view | read | Read the merge request
glab mr list | read | List the merge requests
glab ci status | check | See whether the pipeline passes
glab ci view | read | Look at the pipeline
glab issue create | effect | Open an issue
"""
