"""Table of the programs that every shell has; how a row reads stands in `runlore.mining.programs`."""

from typing import Final

UNIX: Final = """
ls | read* | List files
cat | read* | Read files
head | read* | Read the beginning of files
tail | read* | Read the end of files
less | read* | Read files
bat | read* | Read files
tree | read* | List files
find | read* | Find files
fd | read* | Find files
grep | read* | Search files
egrep | read* | Search files
rg | read* | Search files
ag | read* | Search files
nl | read* | Read files with line numbers
json.tool | read* | Read JSON
md5 | read* | Hash files
pgrep | read* | Find processes
launchctl | read | Look at the system's services
uuidgen | read* | Make an id
cksum | read* | Hash files
column | read* | Align columns
wc | read* | Count lines
sort | read* | Sort lines
uniq | read* | Count distinct lines
cut | read* | Take columns
awk | read* | Pick fields from text
sed | read* | Read lines of files
jq | read* | Read JSON
yq | read* | Read YAML
diff | read* | Compare files
cmp | read* | Compare files
file | read* | See what kind of file it is
stat | read* | Look at a file's attributes
du | read* | See how much space is used
df | read* | See how much space is left
ps | read* | List the processes
top | read* | See what the processes use
lsof | read* | See who uses a file or port
which | read* | Find a program
type | read* | Find a program
whereis | read* | Find a program
command | read* | Find a program
pwd | read* | See the working folder
env | read* | Look at the environment
printenv | read* | Look at the environment
date | read* | See the date
whoami | read* | See the user
uname | read* | See the system
hostname | read* | See the machine's name
man | read* | Read a manual page
xxd | read* | Look at bytes
hexdump | read* | Look at bytes
strings | read* | Look for text in a binary
base64 | read* | Encode or decode text
md5sum | read* | Hash files
sha256sum | read* | Hash files
shasum | read* | Hash files
dig | read | Look up a name
nslookup | read | Look up a name
ping | read | Ping a machine
nc | read | Try a port
readlink | read* | Follow a link
realpath | read* | Resolve a path
dirname | read* | Take the folder of a path
basename | read* | Take the name of a path
tr | read* | Replace characters
tee | read* | Write output to a file
xargs | read* | Run a command for each line
seq | read* | Count
test | read* | Test a condition
[ | read* | Test a condition
mkdir | edit* | Create folders
touch | edit* | Create files
rm | edit* | Remove files
rmdir | edit* | Remove folders
mv | edit* | Move files
cp | edit* | Copy files
ln | edit* | Link files
chmod | edit* | Change permissions
chown | edit* | Change owners
unzip | edit* | Unpack an archive
zip | edit* | Pack an archive
tar | edit* | Pack or unpack an archive
gzip | edit* | Compress files
gunzip | edit* | Decompress files
patch | edit | Apply a patch
kill | edit* | Stop a process
pkill | edit* | Stop processes
killall | edit* | Stop processes
open | read* | Open a file
source | edit* | Load shell settings
. | edit* | Load shell settings
cd | read* | Change the folder
pushd | read* | Change the folder
popd | read* | Change the folder back
echo | read* | Print text
printf | read* | Print text
true | read* | Do nothing
false | read* | Do nothing
: | read* | Do nothing
sleep | read* | Wait
wait | read* | Wait for background commands
exit | read* | Leave the shell
return | read* | Leave the function
set | read* | Set shell options
unset | read* | Unset a variable
export | read* | Set a variable
alias | read* | Set an alias
read | read* | Read a line
trap | read* | Set a trap
history | read* | Look at the shell's history
"""
