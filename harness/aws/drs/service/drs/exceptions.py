"""DRS's errors. Statuses and members come from botocore's model of 2020-02-26."""

from moto.core.exceptions import ServiceException


class UninitializedAccountException(ServiceException):
    """400: InitializeService was never called in this account and region."""

    code = "UninitializedAccountException"
    message = "The account is not initialized for AWS Elastic Disaster Recovery."


class ResourceNotFoundException(ServiceException):
    """404, with the resource's id and type."""

    code = "ResourceNotFoundException"

    def __init__(self, resource_type: str, resource_id: str) -> None:
        super().__init__(f"{resource_type} {resource_id} was not found.")
        self.resource_id = resource_id
        self.resource_type = resource_type


class ConflictException(ServiceException):
    """409, with the resource's id and type."""

    code = "ConflictException"

    def __init__(self, message: str, resource_type: str, resource_id: str) -> None:
        super().__init__(message)
        self.resource_id = resource_id
        self.resource_type = resource_type


class ServiceQuotaExceededException(ServiceException):
    """402, with the service's and the quota's code.

    The quota codes that this fake passes are assumed; the shape is botocore's.
    """

    code = "ServiceQuotaExceededException"

    def __init__(self, message: str, quota_code: str, resource_type: str, resource_id: str) -> None:
        super().__init__(message)
        self.service_code = "drs"
        self.quota_code = quota_code
        self.resource_id = resource_id
        self.resource_type = resource_type


class ValidationException(ServiceException):
    """400, with a reason of the model's enum and the fields as (name, message)."""

    code = "ValidationException"

    def __init__(
        self, message: str, fields: list[tuple[str, str]] | None = None, reason: str = "other"
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.field_list = [{"name": name, "message": text} for name, text in fields or []]


class InternalServerException(ServiceException):
    """500: stands in where an operation models no error for what the caller did."""

    code = "InternalServerException"
