/* SPDX-License-Identifier: MIT */
/* dialog.h: a dialogue with a server as a readable file, and playing it over any transport.
 *
 *     title: RCPT before MAIL is refused        header lines, then an empty one
 *     rule: RFC 5321 §4.1.4
 *     host: athens
 *     role: smtp
 *
 *     S: 220 athens.example *                   the server must say this line; * stands for anything
 *     C: RCPT TO:<bob@sparta.example>           the client sends this line and CRLF
 *     S: 503 *
 *     C-bytes: NOOP\n                           sends these bytes alone; \r \n \t \0 \xNN \\ and
 *                                               \{600:x} for 600 times x
 *     S*: 250-*                                 any number of such lines, also none
 *     C-apop: bob glass                         sends APOP with the digest of the stamp "<…>" last seen and the
 *                                               password (RFC 1939 §7)
 *     C-tls:                                    begins the TLS handshake, as after 220 to STARTTLS
 *     C-close:                                  the client hangs up
 *     S-closed:                                 the server must hang up, with nothing more said
 *     S-drops:                                  the server must hang up, whatever it says before (an alert of TLS)
 *     S-stops:                                  the office is told to close
 *     # a comment
 *
 * Other sessions of the same dialogue are C2: and S2: up to C9: and S9:, each opened where it is first
 * named; `host2:` and `role2:` say where to, if not as the first. `scenario:` names a scenario file
 * beside the dialogue for a world other than the default one. In a pattern a leading "* " is meant as it
 * stands (an untagged response of IMAP). Lines sent one after another go out at once: that is pipelining.
 *
 * Nothing here does I/O but reading the file: dialog-socket.h speaks over loopback. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

#define DIALOG_SESSIONS 9

typedef enum
{
  DIALOG_SEND,       /* bytes as they go on the wire */
  DIALOG_APOP,       /* "name password" */
  DIALOG_EXPECT,     /* a pattern for one line, without CRLF */
  DIALOG_EXPECT_ANY, /* a pattern for any number of lines */
  DIALOG_TLS,
  DIALOG_CLOSE,
  DIALOG_CLOSED,
  DIALOG_DROPPED,
  DIALOG_STOP
} DialogVerb;

typedef struct
{
  DialogVerb verb;
  guint session; /* 1 to DIALOG_SESSIONS */
  GString *text; /* NULL where there is none */
  guint line;    /* in the file */
} DialogStep;

typedef struct
{
  char *path, *title, *rule, *scenario; /* scenario: a path, or NULL */
  char *host[DIALOG_SESSIONS + 1], *role[DIALOG_SESSIONS + 1];
  GPtrArray *steps; /* of DialogStep */
} Dialog;

/* Reads a dialogue; NULL and `error`, naming file and line, if it is not one. The caller frees. */
Dialog *dialog_load (const char *path, GError **error);
Dialog *dialog_parse (const char *path, const char *text, GError **error);
void dialog_free (Dialog *dialog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Dialog, dialog_free)

/* Whether a line (without its ending) is what the pattern says. */
gboolean dialog_matches (const char *pattern, const char *line);

/* How bytes come and go. `session` below is what `open` returned. */
typedef struct DialogTransport DialogTransport;
struct DialogTransport
{
  gpointer (*open) (DialogTransport *transport, const char *host, const char *role, GError **error);
  gboolean (*send) (DialogTransport *transport, gpointer session, const char *bytes, gsize n, GError **error);
  /* Appends what the server said to `in`, waiting for at least a byte until a deadline of its own.
   * FALSE without error: the server has hung up. FALSE with one: it stays silent, or is gone. */
  gboolean (*receive) (DialogTransport *transport, gpointer session, GString *in, GError **error);
  gboolean (*start_tls) (DialogTransport *transport, gpointer session, GError **error);
  /* The office closes, as SIGTERM makes it. */
  void (*stop) (DialogTransport *transport, gpointer session);
  /* Hangs up and frees the session. */
  void (*close) (DialogTransport *transport, gpointer session);
};

/* Plays the dialogue; FALSE and `error`, naming the line, what was expected and what came, where the
 * server differs. `byte_by_byte`: each byte is sent by itself. */
gboolean dialog_play (const Dialog *dialog, DialogTransport *transport, gboolean byte_by_byte, GError **error);

G_END_DECLS
