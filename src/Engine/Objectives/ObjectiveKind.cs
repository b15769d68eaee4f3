namespace Camshaft.Engine.Objectives;

/// <summary>The two promises of a service level objective, each with an error budget of its own.</summary>
public enum ObjectiveKind
{
    /// <summary>Answers come within the latency.</summary>
    Latency,

    /// <summary>Requests are answered.</summary>
    Availability,
}
