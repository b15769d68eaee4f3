namespace Camshaft.Server.Configuration;

/// <summary>How log lines are written.</summary>
internal enum LogFormat
{
    /// <summary>For people: one line each.</summary>
    Text,

    /// <summary>For machines: one JSON object each.</summary>
    Json,
}
