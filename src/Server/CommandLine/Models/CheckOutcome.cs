namespace Camshaft.Server.CommandLine.Models;

/// <summary>What would become of a version.</summary>
internal enum CheckOutcome
{
    /// <summary>It would serve.</summary>
    Served,

    /// <summary>It is there, and the version policy does not take it.</summary>
    Skipped,

    /// <summary>It needs a device that this machine has not; what could be seen of it without one is right.</summary>
    Untried,

    /// <summary>It could not be loaded.</summary>
    Failed,
}
