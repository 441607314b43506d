"""The process in which a job's work is done: `python -m webapp.jobs.work_process`, started by a worker alone.

It watches its worker from its first moment on, before it imports what takes seconds.
"""

from webapp.jobs.parent import kill_own_group, watch_parent

if __name__ == "__main__":
    watch_parent(kill_own_group)

    import sys

    from webapp.jobs.child import main

    sys.exit(main())
