"""``emotion serve``: the dashboard for a network, in one command.

::

    plan.py          what to listen on, with or without TLS, or a refusal
    machine.py       the names and addresses of this machine
    authority.py     an authority of our own, and certificates that it signs
    certificates.py  which certificate is used; made, renewed and taken up while the server runs
    application.py   where app.py lies, in a checkout and in an installed package; Streamlit's own settings
    server.py        uvicorn, from the socket to the last word
"""
