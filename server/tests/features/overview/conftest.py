"""The API with two workspaces."""

from support.api_fixtures import api as api
from support.api_fixtures import one as one
from support.api_fixtures import tenants as tenants
from support.api_fixtures import two as two
