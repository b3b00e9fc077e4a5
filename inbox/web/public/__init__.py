"""Pages for everybody outside: customers who follow a link, and visitors of the shop."""
