"""A Redis in Python, for telemelya: run by its environment's Python with a port."""

import sys

from fakeredis import TcpFakeServer

if __name__ == "__main__":
    TcpFakeServer(("127.0.0.1", int(sys.argv[1])), server_type="redis").serve_forever()
