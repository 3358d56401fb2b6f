"""The publishing protocol: a pin goes out at most once, and none is lost, over an API that can't notice a repetition.

A row says what is to be done and from when on (`Submission.due_at`); a job carries a row's id and nothing else. How long
each thing waits stands in `settings.PUBLISHING`. docs/architecture.md draws the way of one pin. The modules, as it
meets them:

handing in      submit (write ahead), payload (the frozen body), timeline (what a person reads of it)
sending         pause (what keeps everything from leaving), restore (what is looked at before the first POST), retry (what
                is asked before a second attempt), send (lease, one POST, what each answer means)
following up    follow_up (accepted: until every target has ended), scheduled (cancel and change), pending_edit (a change
                until it is settled)
nobody knows    reconcile (PostPeer's list decides), late_posts (given up, and in after all)
reading         post_list (PostPeer's list), matching (whose a post is)
underneath      state (the table of steps, and changing rows that belong together)
"""
