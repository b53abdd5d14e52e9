"""Tools of servers that speak the Model Context Protocol over their standard input and output.

    server_tools   what the rest of the house uses: the tools of one server, each as a tool of ours
    link           one server as long as it is switched on: started when it is needed, and again after it ended
    connection     one running process: who asked for what, and what came back
    json_rpc       the lines between us

Our own, because the package `mcp` weighs 30 MB and takes 454 ms to load; the tests speak with servers written with it.
https://modelcontextprotocol.io/specification/2025-06-18
"""
