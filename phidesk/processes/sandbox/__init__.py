"""The person's own programs, kept in: limits for everybody, and on Linux walls around folders, network and processes.

program_run      what the rest of the house uses: run a program, get its output; ask what this system can enforce
limits           the values: how much it may take, where it may go, what was enforced, how it ended
launcher         the small program of ours that builds the walls around itself and then becomes the program
supervision      watches the program from beside it, and ends whatever it leaves behind
namespaces, landlock, syscall_filter     the walls that Linux offers, each alone; none needs a right that a
                 person does not have
"""
