namespace Camshaft.Testing;

/// <summary>How a backend gave an output to a <see cref="TestExecution"/>.</summary>
public enum OutputPlacement
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>In memory that was offered before the run.</summary>
    Offered,

    /// <summary>In memory that the backend asked for when it knew the shape.</summary>
    Allocated,

    /// <summary>In the backend's own memory.</summary>
    Foreign,
}
