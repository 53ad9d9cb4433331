/* SPDX-License-Identifier: MIT */
/* imap-stream.c: answers that are longer than the output may be: produced as the client reads them.
 *
 * A step writes one response or a piece of it. While there is no room, or others have not had their turn, the
 * session is pending OUTPUT, and the desk calls gpo_imap_drained() when it may go on. So a client that does
 * not read stops only itself. */
#include "roles/imap-private.h"

void
gpo_imap_set_job (GpoImap *imap, gpointer job, GDestroyNotify job_free)
{
  gpointer old = imap->job;
  GDestroyNotify old_free = imap->job_free;
  imap->job = job;
  imap->job_free = job_free;
  if (old && old_free)
    old_free (old);
}

#define STEPS_AT_ONCE 2000

static void
run_steps (GpoImap *imap)
{
  GpoSession *session = &imap->mail.session;
  if (imap->stepping)
    return;
  imap->stepping = TRUE;
  for (guint n = 0; imap->step && session->pending == GPO_PENDING_NONE; n++)
    if (n == STEPS_AT_ONCE || !gpo_session_has_room (session))
      session->pending = GPO_PENDING_OUTPUT; /* others have their turn */
    else
      imap->step (imap);
  imap->stepping = FALSE;
}

void
gpo_imap_stream (GpoImap *imap, void (*step) (GpoImap *imap))
{
  imap->step = step;
  run_steps (imap);
}

void
gpo_imap_stream_end (GpoImap *imap)
{
  imap->step = NULL;
}

void
gpo_imap_settle (GpoImap *imap)
{
  run_steps (imap);
  gpo_mail_settle (&imap->mail);
}

void
gpo_imap_drained (GpoSession *session)
{
  GpoImap *imap = (GpoImap *) session;
  if (session->pending == GPO_PENDING_OUTPUT)
    {
      session->pending = GPO_PENDING_NONE;
      run_steps (imap);
    }
  else if (session->state == GPO_IMAP_SELECTED_IDLE && session->pending == GPO_PENDING_NONE)
    gpo_imap_update (imap, TRUE);
}
