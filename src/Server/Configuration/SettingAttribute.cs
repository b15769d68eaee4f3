namespace Camshaft.Server.Configuration;

/// <summary>Describes a setting: the one source of the flags' help, of <c>camshaft config</c> and of the documentation.</summary>
/// <param name="description">What it does; one line, without a full stop at its end.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute(string description) : Attribute
{
    public string Description => description;

    /// <summary>What its numbers count.</summary>
    public string? Unit { get; init; }

    /// <summary>What holds when nothing is said, where the property's own initial value does not tell.</summary>
    public string? Default { get; init; }

    /// <summary>The flag of <c>camshaft serve</c> that sets it.</summary>
    public string? Flag { get; init; }

    /// <summary>Other names of the flag, such as Triton's.</summary>
    public string[] FlagAliases { get; init; } = [];

    /// <summary>Whether its values are paths; a relative one counts from where it was written.</summary>
    public bool IsPath { get; init; }

    /// <summary>A value of a path's setting that is no path.</summary>
    public string? Keyword { get; init; }

    /// <summary>What the keys of a dictionary stand for, outermost first.</summary>
    public string[] KeyNames { get; init; } = [];

    /// <summary>Whether its value is never shown.</summary>
    public bool IsSecret { get; init; }
}
