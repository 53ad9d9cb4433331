/* SPDX-License-Identifier: MIT */
/* envelope.h: what SMTP says about a letter, beside the letter itself: RFC 5321 §2.3.1.
 *
 * The envelope is made of MAIL FROM and RCPT TO and their parameters; daemons and gateways act on it
 * alone and never look at the header. In a queue it also keeps what became of each recipient.
 *
 * Addresses are kept without angle brackets, exactly as the peer wrote them; "" as reverse-path is
 * the null reverse-path. All strings are owned by the envelope. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* BODY= of MAIL (RFC 6152 §3, RFC 3030 §3). */
typedef enum
{
  GPO_BODY_7BIT,
  GPO_BODY_8BITMIME,
  GPO_BODY_BINARYMIME
} GpoBody;
/* RET= of MAIL (RFC 3461 §4.3). */
typedef enum
{
  GPO_RET_NONE,
  GPO_RET_FULL,
  GPO_RET_HDRS
} GpoRet;
/* NOTIFY= of RCPT (RFC 3461 §4.1); GPO_NOTIFY_DEFAULT: not given. */
typedef enum
{
  GPO_NOTIFY_DEFAULT = 0,
  GPO_NOTIFY_NEVER = 1,
  GPO_NOTIFY_SUCCESS = 2,
  GPO_NOTIFY_FAILURE = 4,
  GPO_NOTIFY_DELAY = 8
} GpoNotify;

/* What became of one recipient at this host. */
typedef enum
{
  GPO_RCPT_WAITING,   /* not tried yet, or deferred */
  GPO_RCPT_DELIVERED, /* in a mailbox of this host */
  GPO_RCPT_RELAYED,   /* the next hop said 250 */
  GPO_RCPT_FAILED,    /* a permanent no, or given up */
  GPO_RCPT_EXPANDED   /* an alias: the letter goes to the several it stands for */
} GpoRecipientState;

typedef struct
{
  char *path;   /* forward-path as written, without <> and without a source route */
  char *orcpt;  /* "rfc822;bob@sparta.example" decoded of xtext, or NULL */
  guint notify; /* GpoNotify bits */
  GpoRecipientState state;
  gboolean warned;   /* a delay warning was sent */
  gboolean reported; /* a report on its final state was sent, or is not due */
  guint attempts;
  char *status; /* enhanced status code of the last answer, "4.4.1", or NULL */
  char *reply;  /* the last answer's text with its code, "451 4.7.1 later", or NULL */
  char *remote; /* who said it, "sparta.example", or NULL */
} GpoRecipient;

typedef struct
{
  gboolean has_sender; /* MAIL was accepted */
  char *reverse_path;
  GpoBody body;
  gboolean smtputf8;
  gint64 size; /* SIZE= as declared, bytes; -1: not given */
  GpoRet ret;
  char *envid;           /* decoded of xtext, or NULL */
  char *auth;            /* person who logged in, or NULL */
  GPtrArray *recipients; /* of GpoRecipient */

  /* set when the letter was taken; kept in the queue */
  guint32 letter;  /* the letter's number */
  char *id;        /* the queue's name for it, as in the Received field */
  gint64 arrived;  /* µs since 1970 on the office's clock */
  char *from_host; /* "mail.athens.example [127.0.0.1]" or NULL */
  gboolean held;   /* somebody holds it in the queue */
} GpoEnvelope;

/* An empty envelope, and a copy of one with all it owns; the caller frees. */
GpoEnvelope *gpo_envelope_new (void);
void gpo_envelope_free (GpoEnvelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoEnvelope, gpo_envelope_free)
GpoEnvelope *gpo_envelope_copy (const GpoEnvelope *envelope);
/* Empties it for the next transaction (RSET, EHLO, end of DATA). */
void gpo_envelope_clear (GpoEnvelope *envelope);

/* Adds a recipient and returns it (owned by the envelope). */
GpoRecipient *gpo_envelope_add (GpoEnvelope *envelope, const char *path);
GpoRecipient *gpo_envelope_recipient (const GpoEnvelope *envelope, guint i);
/* How many recipients are in this state. */
guint gpo_envelope_count (const GpoEnvelope *envelope, GpoRecipientState state);
/* Notes what the letter's bytes ask of servers: 8BITMIME if any is above 127 (RFC 6152 §3), SMTPUTF8 if one
 * of the header is (RFC 6531 §3.4). Takes nothing back. */
void gpo_envelope_note_needs (GpoEnvelope *envelope, const char *letter, gsize length);
void gpo_recipient_free (GpoRecipient *recipient);

/* The envelope as the text a queue keeps: one "name: value" a line, a "recipient:" line opening each
 * recipient; readable with `less`. Values are escaped with g_strescape()'s rules where they hold
 * control bytes. The caller frees. */
char *gpo_envelope_to_text (const GpoEnvelope *envelope);
/* Reads such a text; unknown names are ignored. NULL and `error` (G_IO_ERROR_INVALID_DATA, naming
 * the line) if it is torn: a whole one ends with the line "end". */
GpoEnvelope *gpo_envelope_from_text (const char *text, gsize length, GError **error);

G_END_DECLS
