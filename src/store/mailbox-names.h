/* SPDX-License-Identifier: MIT */
/* mailbox-names.h: the names of a person's mailboxes and their folders; see mailbox-maildir.h. */
#pragma once
#include "store/maildir.h"
#include "store/mailbox-internal.h"

G_BEGIN_DECLS

/* Reads folders, subscriptions and uses. Blocks. FALSE and `error`. */
gboolean gpo_maildirs_read_names (GpoMaildirs *owner, GError **error);
/* The folder of a mailbox that exists, or NULL. The caller frees. */
char *gpo_maildirs_path (GpoMaildirs *owner, const char *name);
void gpo_maildirs_refresh (GpoMailboxes *mailboxes, GpoMailboxFunc done, gpointer data);
void gpo_maildirs_create (GpoMailboxes *mailboxes, const char *name, GpoSpecialUse use, GpoMailboxFunc done,
                          gpointer data);
void gpo_maildirs_delete (GpoMailboxes *mailboxes, const char *name, GpoMailboxFunc done, gpointer data);
void gpo_maildirs_rename (GpoMailboxes *mailboxes, const char *from, const char *to, GpoMailboxFunc done,
                          gpointer data);
void gpo_maildirs_subscribe (GpoMailboxes *mailboxes, const char *name, gboolean on, GpoMailboxFunc done,
                             gpointer data);

G_END_DECLS
