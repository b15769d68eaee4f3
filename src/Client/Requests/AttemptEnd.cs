using Camshaft.Backends;

namespace Camshaft.Client.Requests;

/// <summary>What is known of the request beside its status, when an attempt has failed.</summary>
[Flags]
internal enum AttemptFlags : byte
{
    None = 0,

    /// <summary>No backend has seen it.</summary>
    NotBegun = 1,

    /// <summary>The model has another signature than when its handle was opened.</summary>
    OpenAgain = 2,

    /// <summary>It did not leave this process: another connection may take it at once.</summary>
    NotSent = 4,

    /// <summary>The caller, or its deadline, ended it.</summary>
    Local = 8,
}

/// <summary>How an attempt ended.</summary>
/// <param name="Status">The status.</param>
/// <param name="Flags">What is known beside it.</param>
/// <param name="Result">The outputs; null without success.</param>
internal readonly record struct AttemptEnd(InferenceStatus Status, AttemptFlags Flags, InferenceResult? Result)
{
    public AttemptEnd(InferenceStatus status, AttemptFlags flags)
        : this(status, flags, null)
    {
    }
}
