namespace Camshaft.Engine.Models.Configuration;

/// <summary>What becomes of requests that cannot meet their model's objective.</summary>
public enum OverloadMode
{
    /// <summary>They are refused or dropped, so that the others meet it.</summary>
    Shed,

    /// <summary>They are answered late.</summary>
    Serve,
}
