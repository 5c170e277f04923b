"""The JSON of REST, by area, as the routes beside this folder are."""
