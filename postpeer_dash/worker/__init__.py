"""What works in the background, apart from the web: the jobs, their claims, and the process that runs them.

A row says what is to be done and from when on; nothing else does. The modules, from the row outwards:

claims        taking a row for a while, so that nobody else does the same work meanwhile
jobs          what a job is, and the one list of them, in the order of urgency
bell          calling a worker for a row at once; on SQLite the rows alone do, since one process looks at them all the time
shares        how many threads one PostPeer or one team may hold, so that what is slow leaves room for the rest
running       doing one row of a job: what is in hand, and what becomes of an error
pool          threads over due rows: the whole engine on SQLite, and what finds on Postgres what no bell was rung for
distributed   Procrastinate as the bell, on Postgres alone
watchdog      ends a process that was frozen, before it can wake up and send
health        signs of life, and what `manage.py worker --check` says
"""
