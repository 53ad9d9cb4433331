/* SPDX-License-Identifier: MIT */
/* pop3-private.h: what the files of the POP3 server share. Waiting works as mail-session.h says. */
#pragma once
#include "protocol/pop3.h"
#include "roles/mail-session.h"
#include "roles/pop3-server.h"

G_BEGIN_DECLS

typedef struct
{
  GpoMailSession mail;
  char *stamp;        /* of the greeting, for APOP */
  char *name;         /* given by USER */
  GpoPop3Input input; /* the command under way */

  GpoPerson *person;  /* whose maildrop is locked by this session */
  GpoView *view;      /* the maildrop: message numbers are those of the view */
  GByteArray *marked; /* one byte a letter: marked by DELE */

  /* the letter that is being sent */
  GBytes *letter;
  gsize sent, end;
  guint32 number;
  guint32 lines;       /* TOP: lines of the body asked for */
  gboolean line_start; /* the next byte begins a line */
} GpoPop3;

/* The one place where a verdict becomes an edge and a reply: `text` or, if NULL, the row's own. */
void gpo_pop3_answer (GpoPop3 *pop3, GpoPop3Input input, GpoVerdict verdict, const char *text);
void gpo_pop3_answerf (GpoPop3 *pop3, GpoPop3Input input, GpoVerdict verdict, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* A further line of a reply. */
void gpo_pop3_line (GpoPop3 *pop3, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* pop3-user.c, pop3-apop.c, pop3-auth.c, pop3-stls.c, pop3-capa.c */
void gpo_pop3_user (GpoPop3 *pop3, GpoPop3Command *command);
void gpo_pop3_pass (GpoPop3 *pop3, GpoPop3Command *command);
void gpo_pop3_apop (GpoPop3 *pop3, GpoPop3Command *command);
void gpo_pop3_auth (GpoPop3 *pop3, GpoPop3Command *command);
void gpo_pop3_auth_response (GpoPop3 *pop3, const char *line);
void gpo_pop3_stls (GpoPop3 *pop3);
void gpo_pop3_capa (GpoPop3 *pop3);

/* pop3-maildrop.c */
/* The person is who they say: locks the maildrop, opens it, and answers. */
void gpo_pop3_enter (GpoPop3 *pop3, GpoPerson *person);
/* Lets the maildrop go. */
void gpo_pop3_unlock (GpoPop3 *pop3);

/* pop3-transaction.c */
void gpo_pop3_transaction (GpoPop3 *pop3, GpoPop3Command *command);
/* Sends more of the letter while there is room. */
void gpo_pop3_send_more (GpoPop3 *pop3);
void gpo_pop3_quit (GpoPop3 *pop3);

G_END_DECLS
