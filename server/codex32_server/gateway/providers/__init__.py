"""How a provider is called: `transport` carries bytes, one file a dialect says where to and with which
headers, `presets` knows well-known servers, `sending` is the innermost `Send`. No provider's SDK is used.
"""
