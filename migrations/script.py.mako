"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}

To its author, before you commit:
- Set PROCTOR_HEAD in webapp/store/schema.py to this revision; a test compares them.
- Touch proctor_* tables only. MLflow's belong to MLflow; triggers on them live in webapp/store/triggers.py and are
  installed again after every upgrade that ran.
- Name every constraint (the naming convention does it) and change columns inside `op.batch_alter_table`: SQLite
  cannot alter otherwise, and this runs there with foreign keys off.
- Import nothing of webapp or ml: this file must mean the same in three years.
- A new NOT NULL column needs a server default for the rows that exist, and a later revision to drop it.
- Write `downgrade` and try up, down, up with rows in the tables, on SQLite and on PostgreSQL.
- Delete this list.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
