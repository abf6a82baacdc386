"""Where the trees are deployed: moto's own account, which its Step Functions cannot leave."""

HUB = "123456789012"
REGION = "us-east-1"
