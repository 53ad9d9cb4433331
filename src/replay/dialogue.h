/* SPDX-License-Identifier: MIT */
/* dialogue.h: a conversation that somebody types by hand, seen from the client's chair.
 *
 * It follows both sides with the observer (observer.h), and so knows at every moment what may be said: from
 * the server's own table come the completions, what is legal now, and what an illegal command would earn. It
 * also turns what is typed into bytes: the line's ending, dots doubled in a letter, the base64 of a proof.
 *
 * Pure: no I/O. One thread. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

typedef struct GpoDialogue GpoDialogue;

/* A conversation that begins: nothing was said yet. `protocol` is not NONE. */
GpoDialogue *gpo_dialogue_new (GpoProtocol protocol);
void gpo_dialogue_free (GpoDialogue *dialogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoDialogue, gpo_dialogue_free)

/* Bytes that came, bytes that were sent; cut anywhere. */
void gpo_dialogue_heard (GpoDialogue *dialogue, const char *bytes, gsize n);
void gpo_dialogue_said (GpoDialogue *dialogue, const char *bytes, gsize n);
/* The handshake is over. */
void gpo_dialogue_secured (GpoDialogue *dialogue, gboolean good);

/* --- where it stands --- */

/* The state of the server's machine by name. Static. */
const char *gpo_dialogue_state (const GpoDialogue *dialogue);
/* Commands whose replies have not come. */
guint gpo_dialogue_n_awaited (const GpoDialogue *dialogue);
/* Whether the server has granted STARTTLS: the handshake is ours to begin. */
gboolean gpo_dialogue_wants_tls (const GpoDialogue *dialogue);

/* What the next typed line is. */
typedef enum
{
  GPO_TYPED_COMMAND,
  GPO_TYPED_LETTER,   /* a line of a letter, up to a dot alone */
  GPO_TYPED_LITERAL,  /* bytes of a literal; gpo_dialogue_left() */
  GPO_TYPED_ANSWER,   /* base64, or "*" to give up */
  GPO_TYPED_TOO_EARLY /* what it is, a reply that has not come decides */
} GpoTyped;
GpoTyped gpo_dialogue_expects (const GpoDialogue *dialogue);
/* Bytes of the literal that are still to come. */
guint64 gpo_dialogue_left (const GpoDialogue *dialogue);
/* Whether the next line of a pasted dialogue may go: everything is answered that has an answer. */
gboolean gpo_dialogue_is_ready (const GpoDialogue *dialogue);

/* --- from what is typed to bytes --- */

typedef struct
{
  gboolean bare_lf;   /* lines end in LF alone */
  gboolean unstuffed; /* dots are not doubled */
} GpoTyping;
/* The bytes of a typed line as the conversation stands. *stuffed (may be NULL): a dot was put in front. */
GString *gpo_dialogue_wire (const GpoDialogue *dialogue, const char *typed, GpoTyping how, gboolean *stuffed);
/* The bytes of several lines sent at once, as RFC 2920 lets a client: behind DATA the letter's dots are
 * doubled. */
GString *gpo_dialogue_wire_all (const GpoDialogue *dialogue, const char *text, GpoTyping how);
/* Bytes with their line endings and control bytes made visible: "EHLO x\r\n". The caller frees. */
char *gpo_dialogue_show (const char *bytes, gsize n);

/* --- what may be said: dialogue-words.c --- */

typedef struct
{
  gboolean known;    /* it is a command of the protocol */
  gboolean legal;    /* … that the table takes in this state */
  const char *reply; /* what it would earn; NULL: nothing, or it depends. Static */
  const char *spec;  /* the rule. Static */
} GpoJudgement;
/* About a typed command line, whole or begun. FALSE: there is no command in it yet, or none is expected. */
gboolean gpo_dialogue_judge (const GpoDialogue *dialogue, const char *typed, GpoJudgement *out);
/* The same in a sentence, also about letters, literals and answers. The caller frees. */
char *gpo_dialogue_hint (const GpoDialogue *dialogue, const char *typed);

typedef struct
{
  char *text;  /* the whole line, completed */
  char *label; /* "RCPT" */
  gboolean legal;
} GpoSuggestion;
/* How the typed line may go on: legal commands first. `addresses` (NULL-terminated, may be NULL) complete
 * paths. Of GpoSuggestion; the caller unrefs. */
GPtrArray *gpo_dialogue_complete (const GpoDialogue *dialogue, const char *typed,
                                  const char *const *addresses);
/* What an IMAP command begins with next: "a3". The caller frees. */
char *gpo_dialogue_tag (const GpoDialogue *dialogue);

/* --- proving who one is, before one's eyes: dialogue-auth.c --- */

typedef struct
{
  char *line;  /* what to type */
  char *heard; /* the challenge decoded; NULL: none */
  char *plain; /* what the line says, decoded; NULL: nothing is encoded */
} GpoProof;
void gpo_proof_clear (GpoProof *proof);
/* The next line of a proof with this mechanism: the command, or the answer to the challenge that was heard
 * last. FALSE and *problem, a sentence that the caller frees. */
gboolean gpo_dialogue_prove (GpoDialogue *dialogue, const char *mechanism, const char *user,
                             const char *password, GpoProof *out, char **problem);

G_END_DECLS
