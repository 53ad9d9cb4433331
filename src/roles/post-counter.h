/* SPDX-License-Identifier: MIT */
/* post-counter.h: a post's mailbox counter: IMAP and POP3 over the Maildirs of the host's people. */
#pragma once
#include "roles/post.h"

G_BEGIN_DECLS

/* Opens the counter (post->mailboxes) and hears of deliveries from then on. No mailbox is touched before
 * somebody logs in. */
void gpo_post_open_counter (GpoPost *post);
/* Closes all mailboxes; every desk of the host must be gone, the store still be open. */
void gpo_post_close_counter (GpoPost *post);
/* Serves IMAP, IMAP over TLS or POP3 on an accepted connection: session, desk, greeting. */
void gpo_post_serve_mail (GpoPost *post, GpoRole role, GpoConnection *connection);

G_END_DECLS
