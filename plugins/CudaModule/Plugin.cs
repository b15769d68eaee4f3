using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]
