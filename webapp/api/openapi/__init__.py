"""The API's own description: OpenAPI 3.1 out of the routes, the spec and the values that answers are made from."""
