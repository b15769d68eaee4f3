namespace Camshaft.Server.Configuration;

/// <summary>What a setting's value looks like, as far as layers of configuration must know.</summary>
internal enum SettingKind
{
    /// <summary>One value.</summary>
    Value,

    /// <summary>A list of values, replaced as a whole.</summary>
    List,
}
