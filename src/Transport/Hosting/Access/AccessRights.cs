namespace Camshaft.Transport.Hosting.Access;

/// <summary>What a caller may do.</summary>
[Flags]
public enum AccessRights
{
    /// <summary>Nothing but to ask whether the server is live and ready.</summary>
    None = 0,

    /// <summary>Run models.</summary>
    Infer = 1,

    /// <summary>See which models there are, their metadata, configuration and state.</summary>
    Observe = 2,

    /// <summary>Load and unload models.</summary>
    Manage = 4,
}
