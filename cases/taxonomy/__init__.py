"""The complaint tree of an installation: the shipped one, and what admins changed since."""
