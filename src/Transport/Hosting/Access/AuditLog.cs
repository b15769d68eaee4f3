using System.Net;
using Camshaft.Backends;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Hosting.Access;

/// <summary>Writes down every management call, those that were refused too, under the log category <c>Camshaft.Audit</c>.</summary>
public sealed partial class AuditLog(ILoggerFactory loggerFactory)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("Camshaft.Audit");

    /// <summary>Writes one call down.</summary>
    /// <param name="caller">Who called: the name of a key, or <c>anonymous</c>.</param>
    /// <param name="address">Where from; null = a Unix socket.</param>
    /// <param name="action">What was to be done, such as <c>load</c>.</param>
    /// <param name="subject">With what, such as <c>model 'mnist'</c>.</param>
    /// <param name="status">How it ended.</param>
    public void Write(string caller, IPAddress? address, string action, string subject, in InferenceStatus status)
    {
        if (status.IsOk)
        {
            Log.Done(_logger, caller, address, action, subject);
        }
        else
        {
            Log.Refused(_logger, caller, address, action, subject, status.Code, status.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(500, LogLevel.Information, "'{Caller}' from {Address}: {Action} of {Subject} done.")]
        public static partial void Done(ILogger logger, string caller, IPAddress? address, string action, string subject);

        [LoggerMessage(501, LogLevel.Warning, "'{Caller}' from {Address}: {Action} of {Subject} ended with {Code}: {Message}")]
        public static partial void Refused(ILogger logger, string caller, IPAddress? address, string action, string subject, StatusCode code, string message);
    }
}
