namespace Camshaft.Server.Configuration;

/// <summary>What a setting's value looks like, as far as layers of configuration must know.</summary>
internal enum SettingKind
{
    /// <summary>One value.</summary>
    Value,

    /// <summary>One path; a relative one counts from where it was written.</summary>
    Path,

    /// <summary>A list of values, replaced as a whole.</summary>
    List,

    /// <summary>A list of paths, replaced as a whole.</summary>
    PathList,

    /// <summary>Values by two keys, such as a backend's name and an option's.</summary>
    Table,
}
