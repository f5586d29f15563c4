/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(free_function) __attribute__((cleanup(free_function)))
#define _must_check_ __attribute__((warn_unused_result))
#define _noreturn_ __attribute__((noreturn))
#define _printf_(text, first) __attribute__((format(printf, text, first)))
#define _unused_ __attribute__((unused))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Hands a pointer on: its value, with the variable emptied so that its cleanup does nothing. */
#define TAKE(pointer)                                                                              \
	({                                                                                         \
		__auto_type take_value_ = (pointer);                                               \
		(pointer) = NULL;                                                                  \
		take_value_;                                                                       \
	})

/* The same for a file descriptor. */
#define TAKE_FD(fd)                                                                                \
	({                                                                                         \
		int take_fd_ = (fd);                                                               \
		(fd) = -1;                                                                         \
		take_fd_;                                                                          \
	})

/* Defines FUNCTIONp(TYPE *), which _cleanup_ takes. FUNCTION must accept NULL. */
#define DEFINE_CLEANUP(type, function)                                                             \
	static inline void function##p(type *pointer)                                              \
	{                                                                                          \
		function(*pointer);                                                                \
	}

static inline void freep(void *pointer)
{
	free(*(void **)pointer);
}

static inline void closep(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
