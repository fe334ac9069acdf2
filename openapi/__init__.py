"""The OpenAPI document: written from the template's routes, our models, and what we say of them.

`api.yaml` says what holds for every route. `operations/<function>.yaml` says what each route of
a function does: a map from the route to an OpenAPI operation object, with these short forms:

=============================  ======================================================
``$model: package.module:X``   the JSON schema of a model, wherever a schema may stand
``json: <schema>``             a body or an answer in JSON, in place of ``content``
``404: <text>``                an error, described by `text`; its body is our error object
``also: [<path>, ...]``        further paths at which the same is served
=============================  ======================================================

Left out, because they follow: the operation's id, the parameters in its path (they stand in
`api.yaml` by their names), the answer 401 and the token, unless ``security: []`` says that
it needs none; and the same path without its trailing slash, which is served too. A path's version
stands in place of the route's `{version}`: what is written here is what the API serves.
"""
