"""Who may work here: users, their roles, what proves that it is them, and what a second person authorised."""

from typing import ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now, Upper
from django_otp.models import Device

from yifen.core.access.roles import Roles, role_text


class Users(BaseUserManager["User"]):
    """Finds a user by login, whatever the case typed."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """In capitals other letters look alike to PostgreSQL (ſ and S): they are not this login."""
        user = self.get(login__iexact=username or "")
        if user.login.lower() != (username or "").lower():
            raise User.DoesNotExist
        return user


class User(AbstractBaseUser):
    """A person who works for an institution, or for one partner when `partner` is set.

    Password and second factor are needed to sign in; `session_key` names the one session that
    counts, by its hash, so a second sign-in ends the first.
    """

    login = models.CharField(max_length=32, unique=True)  # a teller's number, say
    name = models.CharField(max_length=100)
    person = models.CharField(max_length=32, blank=True, db_default="")  # 工号: one however many logins
    institution = models.ForeignKey("directory.Institution", models.PROTECT)
    partner = models.ForeignKey("partners.Partner", models.PROTECT, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    session_key = models.CharField(max_length=64, blank=True, default="")
    session_began_at = models.DateTimeField(null=True, editable=False)
    session_until = models.DateTimeField(null=True, editable=False)  # idle or too long by then: the key speaks no more
    created_at = models.DateTimeField()

    USERNAME_FIELD = "login"
    objects = Users()

    class Meta:
        db_table = "access_user"
        # As `iexact` compares, which it also makes fast.
        constraints = [models.UniqueConstraint(Upper("login"), name="login_once")]

    def __str__(self) -> str:
        return f"{self.login} {self.name}"

    @property
    def role_set(self) -> Roles:
        return frozenset(row.role for row in self.roles.all())


class UserRole(models.Model):
    """One role of one user."""

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20)  # its name; which there are, the plugs say

    class Meta:
        db_table = "access_user_role"
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="user_role_once")]

    def __str__(self) -> str:
        return role_text(self.role)


class SecondFactor(Device):  # type: ignore[misc]  # of a package without types
    """What django_otp takes for a second factor, with our types."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=64)
    confirmed = models.BooleanField(default=True)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True


class Authenticator(SecondFactor):
    """身份验证器: six digits, new every 30 seconds (RFC 6238), of a secret that the key ring seals."""

    sealed_key = models.BinaryField()
    drift = models.SmallIntegerField(default=0)  # steps that the phone's clock is off
    last_t = models.BigIntegerField(default=-1)  # the step last used: a code works once

    class Meta:
        db_table = "access_authenticator"


class RecoveryCode(models.Model):
    """恢复码: stands for the digits, once; its hash, sealed."""

    user = models.ForeignKey(User, models.CASCADE)
    sealed_hash = models.BinaryField()

    class Meta:
        db_table = "access_recovery_code"


class Passkey(SecondFactor):
    """通行密钥 (WebAuthn): a device that signs a question of ours after it knew its owner by itself. We
    keep its public key; `sign_count` grows with each use, in devices that count."""

    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    last_challenge = models.BinaryField(default=b"")  # the question it answered last: once only
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "access_passkey"


class Tries(models.Model):
    """How often a login was tried at a place, or an address tried any; written by `tries` alone."""

    login = models.CharField(max_length=64, blank=True)  # as it was typed: maybe nobody's
    place = models.CharField(max_length=80, blank=True)
    tries = models.IntegerField()
    since = models.DateTimeField()  # when the window began; when they were used up, from then on

    class Meta:
        db_table = "access_tries"
        constraints = [models.UniqueConstraint(fields=["login", "place"], name="tries_once")]


class Authorisation(models.Model):
    """授权: an act that a maker proposed and a checker, another person, decided. The functions of
    `second_v1.sql` alone write it; `access.second` is the way there. `used_at`: its effect is done."""

    action = models.CharField(max_length=40)  # an act that a plug names
    subject_key = models.CharField(max_length=80)  # what it is done to: a payment id, a partner
    content = models.JSONField(db_default={})  # as the act's `run` reads it
    changes = models.JSONField(db_default=[])  # what the maker saw: field, titles, before, after
    shown = models.BinaryField(null=True)  # SHA-256 of that, which the checker must see too
    reason = models.CharField(max_length=200, blank=True, default="")
    institution = models.ForeignKey("directory.Institution", models.PROTECT, null=True)
    partner = models.ForeignKey("partners.Partner", models.PROTECT, null=True)
    maker = models.ForeignKey(User, models.PROTECT, related_name="made")
    checker = models.ForeignKey(User, models.PROTECT, null=True, related_name="checked")
    requested_at = models.DateTimeField()
    asked_at = models.DateTimeField(db_default=Now(), editable=False)  # by the database's clock
    decided_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(null=True)  # empty: nobody decided yet
    answer = models.CharField(max_length=200, blank=True, db_default="")
    used_at = models.DateTimeField(null=True, blank=True)
    settled_in = models.BigIntegerField(null=True)  # the transaction of decision and effect

    class Meta:
        db_table = "access_authorisation"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(checker__isnull=True) | ~models.Q(checker=models.F("maker")),
                name="maker_is_not_checker",
            ),
            models.UniqueConstraint(
                fields=["action", "subject_key"],
                condition=models.Q(decided_at__isnull=True),
                name="authorisation_asked_once",
            ),
        ]
        indexes = [
            models.Index(fields=["settled_in"], condition=models.Q(settled_in__isnull=False),
                         name="access_authorisation_settled"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.action} {self.subject_key}"
