"""The publishing protocol: a pin goes out at most once, and none is lost, over an API that can't notice a repetition.

A row says what there is to do and from when on (`Submission.due_at`); the queue is only a bell. Which state may follow
which stands in `transitions`, how long each thing waits in `settings.PUBLISHING`. The modules, as a pin meets them:

handing in      submit (write ahead), payload (the frozen body), bell and tasks (whose turn it is, and the sweep)
sending         arrival (what a worker looks at before its first POST), hold and stop (what keeps everything from
                leaving), retry (what is asked before a second attempt), send (lease, one POST), answers (what each means)
following up    follow_up (accepted: until every target has ended), cancel, edit and edit_outcome (scheduled at PostPeer)
nobody knows    unconfirmed, reconcile (PostPeer's list decides), resolve (a person decides), watch (given up, and late)
reading         listing (PostPeer's list), together (who shares a reading), reading (one submission in it), matching
                (whose a post is), clocks (PostPeer's and ours)
underneath      rows (changing rows that belong together), timeline (what a person reads of it), facts and strangers
                (posts that may be somebody's)
"""
