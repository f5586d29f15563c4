/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct {
	int number;
	const char *name;
} errors[] = {
#define NAME(number) { number, #number }
	NAME(E2BIG), NAME(EACCES), NAME(EAGAIN), NAME(EBADF), NAME(EBUSY), NAME(EFAULT),
	NAME(EFBIG), NAME(EINTR), NAME(EINVAL), NAME(EIO), NAME(EISDIR), NAME(ELOOP),
	NAME(EMFILE), NAME(ENAMETOOLONG), NAME(ENFILE), NAME(ENOBUFS), NAME(ENODATA),
	NAME(ENODEV), NAME(ENOENT), NAME(ENOMEM), NAME(ENOSPC), NAME(ENOSYS), NAME(ENOTDIR),
	NAME(ENOTTY), NAME(ENXIO), NAME(EOPNOTSUPP), NAME(EPERM), NAME(EPIPE), NAME(EREMOTE),
	NAME(EROFS), NAME(ESRCH), NAME(ESTALE), NAME(ETIMEDOUT), NAME(EUSERS), NAME(EXDEV),
#undef NAME
};
/* clang-format on */

static _printf_(4, 0) void write_line(struct error *err, int number, bool explain,
				      const char *format, va_list ap)
{
	if (!err)
		return;
	err->number = number;
	int n = vsnprintf(err->text, sizeof(err->text), format, ap);
	if (explain && n >= 0 && (size_t)n < sizeof(err->text))
		snprintf(err->text + n, sizeof(err->text) - n, ": %s", strerror(number));
}

int error_set(struct error *err, int number, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	write_line(err, number, false, format, ap);
	va_end(ap);
	return -number;
}

int error_errno(struct error *err, int number, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	write_line(err, number, true, format, ap);
	va_end(ap);
	return -number;
}

void error_wrap(struct error *err, const char *format, ...)
{
	if (!err)
		return;
	struct error inner = *err;
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(err->text))
		return;
	if (snprintf(err->text + n, sizeof(err->text) - n, ": %s", inner.text) < 0)
		err->text[n] = 0;
}

const char *error_name(int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (errors[i].number == number)
			return errors[i].name;
	return NULL;
}

int error_number(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].number;
	return -1;
}

bool error_is_shortage(int number)
{
	return number == EMFILE || number == ENFILE || number == ENOMEM;
}

bool error_is_refusal(int number)
{
	return number == EACCES || number == EPERM;
}
