<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ComposerNote</name>
    <message numerus="yes">
        <source>{count} more files cannot go along either.</source>
        <translation>
            <numerusform>{count} more file cannot go along either.</numerusform>
            <numerusform>{count} more files cannot go along either.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} files were left out: {most} go along with a question at most.</source>
        <translation>
            <numerusform>{count} file was left out: {most} go along with a question at most.</numerusform>
            <numerusform>{count} files were left out: {most} go along with a question at most.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConversationListModel</name>
    <message numerus="yes">
        <source>{group}, {count} conversations</source>
        <translation>
            <numerusform>{group}, {count} conversation</numerusform>
            <numerusform>{group}, {count} conversations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CountedServerWords</name>
    <message numerus="yes">
        <source>{count} models</source>
        <translation>
            <numerusform>{count} model</numerusform>
            <numerusform>{count} models</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CountedTimes</name>
    <message numerus="yes">
        <source>about {count} minutes left</source>
        <translation>
            <numerusform>about {count} minute left</numerusform>
            <numerusform>about {count} minutes left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about {count} hours left</source>
        <translation>
            <numerusform>about {count} hour left</numerusform>
            <numerusform>about {count} hours left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CountedToolWords</name>
    <message numerus="yes">
        <source>{count} inputs</source>
        <translation>
            <numerusform>{count} input</numerusform>
            <numerusform>{count} inputs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} tools were taken from the file.</source>
        <translation>
            <numerusform>{count} tool was taken from the file.</numerusform>
            <numerusform>{count} tools were taken from the file.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>On: {count} tools</source>
        <translation>
            <numerusform>On: {count} tool</numerusform>
            <numerusform>On: {count} tools</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CountedWords</name>
    <message numerus="yes">
        <source>{count} tokens</source>
        <translation>
            <numerusform>{count} token</numerusform>
            <numerusform>{count} tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} answers are being written at once, so each waits for the others.</source>
        <translation>
            <numerusform>{count} answer is being written.</numerusform>
            <numerusform>{count} answers are being written at once, so each waits for the others.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} tokens a second</source>
        <translation>
            <numerusform>{count} token a second</numerusform>
            <numerusform>{count} tokens a second</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} tokens too many. Nothing was sent.</source>
        <translation>
            <numerusform>{count} token too many. Nothing was sent.</numerusform>
            <numerusform>{count} tokens too many. Nothing was sent.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>With this message {count} tokens too many</source>
        <translation>
            <numerusform>With this message {count} token too many</numerusform>
            <numerusform>With this message {count} tokens too many</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>With this message about {count} tokens too many</source>
        <translation>
            <numerusform>With this message about {count} token too many</numerusform>
            <numerusform>With this message about {count} tokens too many</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading {total} tokens…</source>
        <translation>
            <numerusform>Reading {total} token…</numerusform>
            <numerusform>Reading {total} tokens…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading, {done} of {total} tokens…</source>
        <translation>
            <numerusform>Reading, {done} of {total} token…</numerusform>
            <numerusform>Reading, {done} of {total} tokens…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading, {done} of {total} tokens, about {seconds} s left</source>
        <translation>
            <numerusform>Reading, {done} of {total} token, about {seconds} s left</numerusform>
            <numerusform>Reading, {done} of {total} tokens, about {seconds} s left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading {words} words…</source>
        <translation>
            <numerusform>Reading {words} word…</numerusform>
            <numerusform>Reading {words} words…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading {words} words, about {seconds} s</source>
        <translation>
            <numerusform>Reading {words} word, about {seconds} s</numerusform>
            <numerusform>Reading {words} words, about {seconds} s</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} words</source>
        <translation>
            <numerusform>{count} word</numerusform>
            <numerusform>{count} words</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} characters</source>
        <translation>
            <numerusform>{count} character</numerusform>
            <numerusform>{count} characters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} files</source>
        <translation>
            <numerusform>{count} file</numerusform>
            <numerusform>{count} files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Writing · {words} words a second</source>
        <translation>
            <numerusform>Writing · {words} word a second</numerusform>
            <numerusform>Writing · {words} words a second</numerusform>
        </translation>
    </message>
</context>
</TS>
