"""The ways in: first set-up, sign-in, one-time links, single sign-on."""
