"""PhiDesk: talk with Phi-4-mini on your own computer, offline, and see what it really sees.

The house. Imports only go down; rooms on one line do not import each other (tests/test_architecture.py):

    cli            the services without a window
    app            paints the window as it was left, then completes it; runs it
    assembly       the rest of the window, and its parts joined with the services
    services       builds and closes everything behind both; the only place that makes threads
    ui             the window (PySide6 lives here and nowhere else)
    profile        the person's data, and what works with it
    chat           one answer: choose an engine, ask, stream, save
    documents      the person's files as text   │ tools     what a model may use: described, permitted, run
    engine         what runs the model: HTTP  │ storage  SQLite  │ richtext  text → blocks
    processes      children with limits: started, watched, ended with everything they started
    core           values and rules; opens no file or socket, creates no thread

Words:

    conversation   a tree of messages with its own settings; one path through the tree is shown
    message, part  one turn of one speaker, made of typed parts
    answer         what the model writes after one message of the person
    turn           one answer in the making
    prompt         what a model is sent for one answer; a `Prompt` is an entry of the library: instructions or a snippet
    engine         what runs the model: Ollama, built-in, or a server at an address
    model          always the language model; Qt's item models are called …ListModel
    window         two meanings, never mixed: `window_tokens` is the context length that the engine really
                   allocated; a window without tokens is the one on the screen
"""

__version__ = "0.1.0"
