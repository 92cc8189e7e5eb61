"""Where a database is: addresses, TLS, servers that run and a private one."""
