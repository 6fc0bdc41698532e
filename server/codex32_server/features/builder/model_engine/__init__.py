"""The engine of the builder that asks language models, behind the same port as the recipes.

It talks to the gateway of this installation and to nobody else, with a key whose budget is the session's.
What a model says is data: it is read strictly, bounded, compared with what a person agreed to, and proven in
the sandbox by the pipeline before anybody runs it. There is no loop over rounds here (the pipeline's), no
database and no setting. `opening` is where others come in: everything else imports pydantic-ai, which takes a
second, so only a worker that builds something with models loads it.
"""
