"""The app factory: middleware, and mounting of the routers that `main` hands over. No routes of its own."""
