/* SPDX-License-Identifier: MIT */
/* sasl.h: the conversation in which a person proves who they are: RFC 4422.
 *
 * One object serves SMTP AUTH (RFC 4954), IMAP AUTHENTICATE (RFC 9051 §6.2.2) and POP3 AUTH (RFC 5034): they
 * differ only in what stands before the base64. All lines are given without their CRLF. libgsasl does
 * the mechanisms; this is the allow-list, the base64, `*` and `=`, and the words for people. No I/O.
 *
 *     PLAIN (RFC 4616)   LOGIN (never standardised)   CRAM-MD5 (RFC 2195)   SCRAM-SHA-256 (RFC 7677)
 *
 * The -PLUS variants (channel binding) are not offered. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct _GpoSasl GpoSasl;

typedef enum
{
  GPO_SASL_MORE,      /* send *output as a challenge (server) or answer (client) and go on */
  GPO_SASL_DONE,      /* server: success, no output. Client: send *output; the server's verdict follows */
  GPO_SASL_FAILED,    /* wrong password, no such person … Client: send `*` */
  GPO_SASL_CANCELLED, /* the peer sent `*` */
  GPO_SASL_SYNTAX,    /* not base64, or an initial response where the mechanism has none */
} GpoSaslStep;

/* The password of this user, or NULL if there is none such. The name is as the client typed it: `bob`
 * or `bob@sparta.example`; the callee decides which it takes. The result belongs to the callee and
 * must stay until the next call of gpo_sasl_step(). */
typedef const char *(*GpoSaslPassword) (const char *user, gpointer data);

/* The mechanisms, strongest first, NULL-terminated: SCRAM-SHA-256, CRAM-MD5, PLAIN, LOGIN. Static. */
const char *const *gpo_sasl_mechanisms (void);
/* The mechanism's name as we write it (ASCII case ignored), or NULL if it is not on the list. Static. */
const char *gpo_sasl_mechanism (const char *name);
/* Whether the client speaks first (PLAIN, SCRAM-SHA-256): it may send an initial response. */
gboolean gpo_sasl_client_first (const char *mechanism);
/* "SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN"; without those that show the password unless `all`. The caller
 * frees. */
char *gpo_sasl_list (gboolean all, const char *separator);

/* NULL and *error (G_IO_ERROR_NOT_SUPPORTED) if the mechanism is not on the list. */
GpoSasl *gpo_sasl_server_new (const char *mechanism, GpoSaslPassword password, gpointer data, GError **error);
GpoSasl *gpo_sasl_client_new (const char *mechanism, const char *user, const char *password, GError **error);
void gpo_sasl_free (GpoSasl *sasl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoSasl, gpo_sasl_free)

/* One step. input_base64: what the peer sent; NULL if it sent nothing yet (server: no initial response;
 * client: the first step of a mechanism in which the client speaks first). As an initial response `=` is
 * the empty one. *output: base64, perhaps "", never NULL with MORE (nor with a client's DONE); the caller
 * frees. *explanation (may be NULL): for FAILED, CANCELLED and SYNTAX a sentence for people, which may
 * say more than a stranger should be told; else NULL; the caller frees. */
GpoSaslStep gpo_sasl_step (GpoSasl *sasl, const char *input_base64, char **output_base64, char **explanation);

/* The name of the mechanism; belongs to `sasl`. */
const char *gpo_sasl_mechanism_of (const GpoSasl *sasl);
/* The name that was used to log in, as typed; NULL before it is known. Trust it after DONE only. */
const char *gpo_sasl_person (const GpoSasl *sasl);

/* What a line of base64 says, for the trace: "authzid= authcid=bob password=glass" for PLAIN, the decoded
 * text otherwise, with control characters escaped. NULL if it is not base64. The caller frees. */
char *gpo_sasl_explain (const char *mechanism, const char *base64);

G_END_DECLS
