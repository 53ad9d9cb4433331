/* SPDX-License-Identifier: MIT */
/* send.h: the parts of `glasspost send`: cmd-send.c (the call), send-letter.c (the letter), send-office.c
 * (where to, if nobody says). */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* Athens' submission in the default world. */
#define GPO_SEND_DEFAULT "127.0.0.1:11587"

typedef struct
{
  char *server; /* HOST:PORT */
  char *ca;     /* a PEM file: the authority that certified it; NULL: not known */
} GpoSendOffice;

/* The submission port of the running office's host where `from` lives (else the first one's), or the default
 * world's if no office runs. */
void gpo_send_find_office (const char *from, GpoSendOffice *out);
void gpo_send_office_clear (GpoSendOffice *office);

/* The letter in the file of that name (NULL or "-": standard input) with CRLF at the end of each line. What
 * it lacks of From, Date and Message-ID is added for this reverse-path; NULL: nothing is. */
GBytes *gpo_send_read_letter (const char *name, const char *complete_for, GError **error);

G_END_DECLS
