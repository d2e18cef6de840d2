"""What travels between a browser and the pages: cookies, forms, headers, files."""
