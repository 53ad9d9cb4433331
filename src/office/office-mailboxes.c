/* SPDX-License-Identifier: MIT */
/* office-mailboxes.c: what lies in the mailboxes when an office opens again: letters the trace knows nothing
 * of. */
#include "office/office-private.h"
#include "store/mailbox-count.h"

typedef struct
{
  GpoPost *post;
  GpoPerson *person;
} Owner;

static void
tell (const char *name, guint count, gpointer data)
{
  Owner *owner = data;
  GpoEventBuilder b;
  g_autofree char *mailbox = g_strconcat (owner->person->login, "/", name, NULL);
  gpo_post_event (owner->post, &b, GPO_KIND_MAILBOX, 0);
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol ("holds"));
  gpo_event_add_text (&b, GPO_FIELD_MAILBOX, mailbox, -1);
  gpo_event_add_number (&b, GPO_FIELD_COUNT, count);
  gpo_log_append (owner->post->office->log, &b);
}

void
gpo_office_count_mailboxes (GpoOffice *office)
{
  for (guint i = 0; i < office->parts.posts->len; i++)
    {
      GpoPost *post = office->parts.posts->pdata[i];
      GHashTableIter iter;
      gpointer person;
      g_hash_table_iter_init (&iter, post->host->persons);
      while (g_hash_table_iter_next (&iter, NULL, &person))
        {
          g_autofree char *path
              = gpo_store_maildir_path (office->parts.store, post->host->name, ((GpoPerson *) person)->login);
          Owner *owner = g_new (Owner, 1);
          *owner = (Owner){ post, person };
          gpo_mailbox_count (office->parts.store, path, tell, owner, g_free);
        }
    }
}
