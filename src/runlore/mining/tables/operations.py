"""Table of databases, containers, clouds and machines; how a row reads stands in `runlore.mining.programs`."""

from typing import Final

OPERATIONS: Final = """
alembic upgrade | effect | Migrate the database
alembic downgrade | effect | Take back a database migration
alembic revision | edit | Write a database migration
alembic current | read | See the database's migration state
manage.py migrate | effect | Migrate the database
manage.py makemigrations | edit | Write a database migration
manage.py test | check | Run the Django tests
flask db | effect | Migrate the database
prisma migrate | effect | Migrate the database
prisma generate | edit | Generate the database client
prisma db | effect | Change the database
rails db:migrate | effect | Migrate the database
rake db:migrate | effect | Migrate the database
flyway migrate | effect | Migrate the database
liquibase update | effect | Migrate the database
pg_dump | read | Dump the database
pg_restore | effect | Restore the database from a dump
mysqldump | read | Dump the database
createdb | effect | Create a database
dropdb | effect | Drop a database
psql | read | Query the Postgres database
psql change | effect | Change the Postgres database
mysql | read | Query the MySQL database
mysql change | effect | Change the MySQL database
sqlite3 | read | Query the SQLite database
sqlite3 change | effect | Change the SQLite database
redis-cli | effect | Talk to Redis
docker build | check | Build the container image
docker buildx build | check | Build the container image
docker run | check | Run a container
docker push | effect | Push the container image
docker pull | edit* | Pull a container image
docker ps | read* | List the containers
docker images | read* | List the container images
docker logs | read | Read the container's logs
docker inspect | read | Look at a container
docker stop | edit | Stop a container
docker rm | edit | Remove a container
docker login | edit | Log in to the image registry
docker tag | edit | Tag the container image
docker compose up | effect | Start the containers
docker compose down | effect | Stop the containers
docker compose build | check | Build the container images
docker compose restart | effect | Restart the containers
docker compose logs | read | Read the containers' logs
docker compose ps | read* | List the containers
docker compose run | check | Run a command in a new container
kubectl get | read | Look at resources in the cluster
kubectl describe | read | Look closely at a resource in the cluster
kubectl logs | read | Read a pod's logs
kubectl top | read | See what the cluster uses
kubectl config | read* | Look at the cluster settings
kubectl apply | effect | Apply manifests to the cluster
kubectl apply --dry-run | check | Try out manifests on the cluster
kubectl diff | read | Compare manifests with the cluster
kubectl delete | effect | Delete resources in the cluster
kubectl create | effect | Create resources in the cluster
kubectl patch | effect | Patch a resource in the cluster
kubectl edit | effect | Edit a resource in the cluster
kubectl scale | effect | Scale a workload
kubectl set | effect | Change a workload
kubectl drain | effect | Drain a node
kubectl cordon | effect | Cordon a node
kubectl rollout status | check | Wait for the rollout
kubectl rollout restart | effect | Restart a workload
kubectl rollout undo | effect | Roll a workload back
kubectl rollout history | read | Look at a workload's rollouts
kubectl port-forward | read | Forward a port from the cluster
kubectl wait | check | Wait for a resource in the cluster
helm install | effect | Install a chart
helm upgrade | effect | Upgrade a release with helm
helm rollback | effect | Roll a release back with helm
helm uninstall | effect | Uninstall a release with helm
helm list | read | List the releases in the cluster
helm status | read | Look at a release in the cluster
helm template | check | Render a chart
helm lint | check | Lint a chart
helm repo | edit | Update the chart repositories
helm get | read | Look at a release in the cluster
terraform init | edit* | Prepare terraform
terraform plan | check | Plan the infrastructure change
terraform validate | check | Validate the infrastructure code
terraform fmt | check* | Format the infrastructure code
terraform apply | effect | Apply the infrastructure change
terraform destroy | effect | Destroy the infrastructure
terraform import | effect | Import a resource into terraform
terraform output | read | Read terraform's outputs
terraform state | read | Look at terraform's state
tofu plan | check | Plan the infrastructure change
tofu apply | effect | Apply the infrastructure change
pulumi up | effect | Apply the infrastructure change
pulumi preview | check | Plan the infrastructure change
cdk deploy | effect | Deploy with the CDK
cdk diff | check | Plan the infrastructure change
ansible-playbook | effect | Run a playbook with Ansible
sam deploy | effect | Deploy with SAM
serverless deploy | effect | Deploy with Serverless
vercel | effect | Deploy to Vercel
vercel deploy | effect | Deploy to Vercel
vercel env | effect | Change the environment on Vercel
netlify deploy | effect | Deploy to Netlify
fly deploy | effect | Deploy to Fly
flyctl deploy | effect | Deploy to Fly
fly logs | read | Read the logs on Fly
heroku run | effect | Run a command on Heroku
wrangler deploy | effect | Deploy to Cloudflare
wrangler publish | effect | Deploy to Cloudflare
firebase deploy | effect | Deploy to Firebase
railway up | effect | Deploy to Railway
supabase db | effect | Change the Supabase database
supabase migration | effect | Migrate the Supabase database
gcloud run deploy | effect | Deploy to Cloud Run
systemctl status | read | Look at a service
systemctl restart | effect | Restart a service
systemctl start | effect | Start a service
systemctl stop | effect | Stop a service
systemctl reload | effect | Reload a service
journalctl | read | Read the system's logs
ssh | effect | Run a command on another machine
scp | effect | Copy files to another machine
rsync | effect | Copy files with rsync
crontab | effect | Change the scheduled jobs
brew install | edit* | Install a program with Homebrew
brew upgrade | edit | Upgrade programs with Homebrew
apt install | edit* | Install a system package
apt-get install | edit* | Install a system package
apt update | edit* | Update the package lists
apt-get update | edit* | Update the package lists
osascript | effect | Drive an application by script
bd create | effect | Create a bead
bd close | effect | Close a bead
bd update | effect | Update a bead
bd show | read | Read a bead
bd list | read | List beads
bd ready | read | List the beads that are ready
"""
